"""Errors by kind; a key that makes a write safe to repeat; what is tried again."""

from uuid import uuid4

from exai import ConflictError, Exai, NotFoundError, StatusError

with Exai(max_retries=3, timeout=30) as exai:
    try:
        exai.runs.get("run_none")
    except NotFoundError as error:
        print("none:", error.message, error.receipt)

    key = f"example-{uuid4()}"
    first = exai.with_response.workspaces.create(name="once", idempotency_key=key)
    again = exai.with_response.workspaces.create(name="once", idempotency_key=key)
    print("ran once:", first.data.id == again.data.id, again.info.idempotent_replayed)
    try:
        exai.workspaces.create(name="other", idempotency_key=key)
    except ConflictError as error:
        print("the key is taken:", error.name)
    try:
        exai.runs.start(plan_id="pln_none", max_retries=0)
    except StatusError as error:
        print(error.status, error.name, error.idempotency_key)
    exai.workspaces.delete(first.data.id)

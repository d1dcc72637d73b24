"""Tests one's own code against the fake: no network, and results that are typed."""

from exai import Exai, NotFoundError, ProviderUnavailableError
from exai.testing import FakeExai


def delete_plan(exai: Exai, plan_id: str) -> bool:
    """The code under test: true when there was such a plan."""
    try:
        exai.plans.delete(plan_id)
    except NotFoundError:
        return False
    return True


fake = FakeExai()
fake.plans.delete.returns(None)
fake.plans.delete.fails(NotFoundError, "there is no plan pln_2")
with fake.client() as exai:
    assert delete_plan(exai, "pln_1")
    assert not delete_plan(exai, "pln_2")
assert [call.path for call in fake.plans.delete.calls] == ["/plans/pln_1", "/plans/pln_2"]

# The client above the fake is the real one: it tries again.
fake = FakeExai()
fake.plans.delete.fails(ProviderUnavailableError)
fake.plans.delete.returns(None)
with fake.client(max_retries=1) as exai:
    assert delete_plan(exai, "pln_1")
print(len(fake.calls), "tries")

"""Lists agents: all of them, and page by page."""

from exai import Exai

with Exai() as exai:
    names = [agent.slug for agent in exai.agents.list(limit=2)]
    print(len(names), "agents")
    for number, page in enumerate(exai.agents.list(limit=2).pages(), 1):
        print(f"page {number}:", [agent.slug for agent in page], page.response.receipt)
        if number == 2:
            break

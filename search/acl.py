"""Permission as tokens: documents carry some, readers hold some, one in common lets a reader see.

`<kind>:all` everything of a kind · `<kind>:any` what whoever may see some of the kind may see ·
`<kind>:u<unit>` what a unit owns · `<kind>:a<account>` one's own · `<kind>:e<enterprise>` what concerns an
enterprise's own users.
"""

from collections.abc import Iterable

from core.permissions import Actor
from search.sources import Source


def everything(kind: str) -> str:
    return f"{kind}:all"


def document_tokens(
    kind: str,
    *,
    units: Iterable[int | None] = (),
    accounts: Iterable[int | None] = (),
    enterprises: Iterable[int | None] = (),
    anyone: bool = False,
) -> tuple[str, ...]:
    """The tokens of a document: who may see everything of the kind may see it; None is left out.

    With `anyone` it is open to whoever may see some of the kind, e.g. what lies in the open pool.
    """
    tokens = [everything(kind), *([f"{kind}:any"] if anyone else [])]
    for letter, numbers in (("u", units), ("a", accounts), ("e", enterprises)):
        tokens += [f"{kind}:{letter}{number}" for number in numbers if number is not None]
    return tuple(dict.fromkeys(tokens))


def tokens_for(actor: Actor, sources: Iterable[Source]) -> tuple[str, ...]:
    """The tokens that an actor holds over these kinds, from how far his view permissions reach.

    Empty when he may see nothing: an engine then finds nothing.
    """
    tokens: list[str] = []
    for source in sources:
        if actor.enterprise_id is not None:
            tokens.append(f"{source.kind}:e{actor.enterprise_id}")
        reach = actor.reach(source.view)
        if reach.everything or (source.common and reach):
            tokens.append(everything(source.kind))
            continue
        if reach:
            tokens.append(f"{source.kind}:any")
        tokens += [f"{source.kind}:u{unit}" for unit in sorted(reach.unit_ids)]
        if reach.own:
            tokens.append(f"{source.kind}:a{actor.account_id}")
    return tuple(tokens)

"""Permission as tokens: documents carry some, readers hold some, one in common lets a reader see.

`<kind>:all` everything of a kind · `<kind>:any` what whoever may see some of the kind may see ·
`<kind>:u<unit>` what a unit owns · `<kind>:a<account>` one's own · `<kind>:e<enterprise>` what concerns an
enterprise's own users. What is labelled confidential carries `<kind>!:…` in their place, which only those
who are cleared for it hold.
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
    label: str = "normal",
) -> tuple[str, ...]:
    """The tokens of a document: who may see everything of the kind may see it; None is left out.

    With `anyone` it is open to whoever may see some of the kind, e.g. what lies in the open pool. `label`
    is the record's confidentiality; an enterprise's own users see what concerns it whatever the label.
    """
    held = kind if label == "normal" else f"{kind}!"
    tokens = [everything(held), *([f"{held}:any"] if anyone else [])]
    for stem, letter, numbers in ((held, "u", units), (held, "a", accounts), (kind, "e", enterprises)):
        tokens += [f"{stem}:{letter}{number}" for number in numbers if number is not None]
    return tuple(dict.fromkeys(tokens))


def tokens_for(actor: Actor, sources: Iterable[Source]) -> tuple[str, ...]:
    """The tokens that an actor holds over these kinds, from how far his view permissions reach.

    Empty when he may see nothing: an engine then finds nothing.
    """
    tokens: list[str] = []
    for source in sources:
        if actor.enterprise_id is not None:
            tokens.append(f"{source.kind}:e{actor.enterprise_id}")
        tokens += _held(source.kind, source, actor)
        if source.labelled and actor.clearance == "restricted":
            tokens += _held(f"{source.kind}!", source, actor)
    return tuple(tokens)


def _held(stem: str, source: Source, actor: Actor) -> list[str]:
    reach = actor.reach(source.view)
    if reach.everything or (source.common and reach):
        return [everything(stem)]
    return [
        *([f"{stem}:any"] if reach else []),
        *(f"{stem}:u{unit}" for unit in sorted(reach.unit_ids)),
        *(f"{stem}:a{owner}" for owner in sorted(actor.owners(source.view))),
    ]

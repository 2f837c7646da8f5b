"""The two people of a drill who act by themselves: one drafts what is proposed, another reads and signs it."""

from __future__ import annotations

import logging

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.core.models import Person
from xiangtian.core.people import NotAllowed
from xiangtian.warn import actions, queries, release
from xiangtian.warn.actions import NotPossible
from xiangtian.warn.models import Draft, Message, Proposal

log = logging.getLogger(__name__)


def act(home: Home, patience_s: float = 0.0) -> list[Message]:
    """Do what the duty pair would do now; give the messages released.

    Parameters
    ----------
    home : Home
        Where.
    patience_s : float
        Real seconds for which a question is left to the people at the screens first.

    Returns
    -------
    list
        Messages released in this call.
    """
    forecaster, signer = Person.objects.get(username="forecaster"), Person.objects.get(username="signer")
    for proposal in queries.waiting():
        if clock.wall() - proposal.proposed_wall >= patience_s:
            _draft(forecaster, proposal)
    released = []
    for draft in queries.to_sign():
        if draft.drafter_id == signer.pk:
            continue
        if draft.drafter_id == forecaster.pk or _waited_s(draft) >= patience_s:
            released += _sign(home, signer, draft)
    return released


def _waited_s(draft: Draft) -> float:
    """Real seconds since a draft was submitted: the home's clock may run many times as fast."""
    passed_s = (clock.now() - (draft.submitted or clock.now())).total_seconds()
    running = clock.scenario()
    return passed_s / running.rate if running and running.rate else passed_s


def _draft(forecaster: Person, proposal: Proposal) -> None:
    try:
        draft = actions.accept(forecaster, proposal.pk)
        actions.submit(forecaster, draft.pk, draft.revision)
    except (NotPossible, NotAllowed) as error:
        log.info("proposal %s is left to the people at the screens: %s", proposal.pk, error)


def _sign(home: Home, signer: Person, draft: Draft) -> list[Message]:
    try:
        return [release.issue(home, signer, draft.pk, draft.revision)]
    except NotAllowed as error:
        log.info("draft %s can't be signed by the drill's signer: %s", draft.pk, error)
    except NotPossible as error:
        log.info("draft %s does not fit what is in force any more: %s", draft.pk, error)
        actions.withdraw(signer, draft.pk, f"与生效中的预警不衔接：{error}")
    return []

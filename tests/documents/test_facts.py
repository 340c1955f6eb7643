"""Facts of a call beside the statements that they come from."""

from dataclasses import replace

from monitor.calls import Call, DeadlineModel
from monitor.documents.facts import gather_facts
from monitor.documents.statements import FactName
from monitor.vocabulary import Kind


def test_a_consultation_of_the_commission_has_a_last_day_and_no_steps_of_an_application():
    url = "https://ec.europa.eu/info/law/better-regulation/have-your-say/initiatives/1_sv"
    call = Call(source="s", call_id="1", title="Noise", url=url, deadline_model=DeadlineModel.SINGLE)
    steps = {
        kind: fact.value
        for kind in (Kind.CALL, Kind.POLICY)
        for fact in gather_facts(replace(call, kind=kind), None)
        if fact.name is FactName.STAGES
    }
    assert steps == {Kind.CALL: 1, Kind.POLICY: None}

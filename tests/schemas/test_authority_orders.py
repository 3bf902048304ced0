"""How far an authority goes: each stage has one that may follow, and a fine none."""

from schemas.authority_orders import NEXT_STAGE, OrderStage


def test_an_authority_goes_on_stage_by_stage() -> None:
    """From an instruction to a penalty to a fine, and no further."""
    stage, passed = OrderStage.INSTRUCTION, [OrderStage.INSTRUCTION]
    while (following := NEXT_STAGE[stage]) is not None:
        stage = following
        passed.append(stage)
    assert passed == list(OrderStage)
    assert NEXT_STAGE.keys() == {*OrderStage}

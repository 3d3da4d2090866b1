"""Labels of the plan."""

from collections.abc import Mapping

from engage.plan.kinds import ActionClass, ActionState, Approval, Pathway

PATHWAYS: Mapping[Pathway, str] = {
    Pathway.ACCOMMODATION: "Accommodation",
    Pathway.EDUCATION_TRAINING_EMPLOYMENT: "Education, training and employment",
    Pathway.HEALTH: "Health",
    Pathway.DRUGS_AND_ALCOHOL: "Drugs and alcohol",
    Pathway.FINANCE_BENEFIT_DEBT: "Finance, benefit and debt",
    Pathway.CHILDREN_AND_FAMILIES: "Children and families",
    Pathway.ATTITUDES_THINKING_BEHAVIOUR: "Attitudes, thinking and behaviour",
}
NEED_SCORES: Mapping[int, str] = {0: "None", 1: "Some", 2: "Great", 3: "Urgent"}
NEED_COLOURS: Mapping[int, str] = {0: "green", 1: "yellow", 2: "orange", 3: "red"}
ACTION_CLASSES: Mapping[ActionClass, str] = {
    ActionClass.SUPPORT: "Support",
    ActionClass.INTERVENE: "Intervene",
    ActionClass.DISRUPT: "Disrupt",
}
ACTION_STATES: Mapping[ActionState, str] = {
    ActionState.PROPOSED: "Awaiting approval",
    ActionState.LIVE: "Live",
    ActionState.DONE: "Done",
    ActionState.WITHDRAWN: "Withdrawn",
}
ACTION_COLOURS: Mapping[ActionState, str] = {
    ActionState.PROPOSED: "yellow",
    ActionState.LIVE: "blue",
    ActionState.DONE: "green",
    ActionState.WITHDRAWN: "grey",
}
ACTION_APPROVALS: Mapping[Approval, str] = {
    Approval.SINGLE: "singly",
    Approval.STANDING: "by standing approval",
}

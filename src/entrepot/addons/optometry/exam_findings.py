"""What is found at an exam: acuity, external, anterior and posterior segment. Seen by those who may read
clinical notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.optometry import acuity, measures
from entrepot.addons.optometry.clinic_groups import CLINICAL
from entrepot.addons.optometry.confirmations import unconfirmed
from entrepot.api import Boolean, Char, Datetime, Float, Model, Problem, Selection, Text, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator

_APD = [("none", "None"), ("od", "OD"), ("os", "OS")]


class ExamFindings(Model, name="appointment.exam.findings", abstract=True):
    """Findings of an Exam"""

    od_va_uncorrected_distance = Char(
        string="OD uncorrected acuity, distance", check=acuity.problem, groups=CLINICAL
    )
    os_va_uncorrected_distance = Char(
        string="OS uncorrected acuity, distance", check=acuity.problem, groups=CLINICAL
    )
    ou_va_uncorrected_distance = Char(
        string="OU uncorrected acuity, distance", check=acuity.problem, groups=CLINICAL
    )
    od_va_corrected_distance = Char(
        string="OD corrected acuity, distance", check=acuity.problem, groups=CLINICAL
    )
    os_va_corrected_distance = Char(
        string="OS corrected acuity, distance", check=acuity.problem, groups=CLINICAL
    )
    ou_va_corrected_distance = Char(
        string="OU corrected acuity, distance", check=acuity.problem, groups=CLINICAL
    )
    od_va_pinhole_distance = Char(string="OD pinhole acuity, distance", check=acuity.problem, groups=CLINICAL)
    os_va_pinhole_distance = Char(string="OS pinhole acuity, distance", check=acuity.problem, groups=CLINICAL)
    ou_va_pinhole_distance = Char(string="OU pinhole acuity, distance", check=acuity.problem, groups=CLINICAL)
    od_va_uncorrected_near = Char(string="OD uncorrected acuity, near", check=acuity.problem, groups=CLINICAL)
    os_va_uncorrected_near = Char(string="OS uncorrected acuity, near", check=acuity.problem, groups=CLINICAL)
    ou_va_uncorrected_near = Char(string="OU uncorrected acuity, near", check=acuity.problem, groups=CLINICAL)
    od_va_corrected_near = Char(string="OD corrected acuity, near", check=acuity.problem, groups=CLINICAL)
    os_va_corrected_near = Char(string="OS corrected acuity, near", check=acuity.problem, groups=CLINICAL)
    ou_va_corrected_near = Char(string="OU corrected acuity, near", check=acuity.problem, groups=CLINICAL)
    od_va_pinhole_near = Char(string="OD pinhole acuity, near", check=acuity.problem, groups=CLINICAL)
    os_va_pinhole_near = Char(string="OS pinhole acuity, near", check=acuity.problem, groups=CLINICAL)
    ou_va_pinhole_near = Char(string="OU pinhole acuity, near", check=acuity.problem, groups=CLINICAL)
    external_findings = Text(groups=CLINICAL)
    od_lids = Char(string="OD lids and lashes", groups=CLINICAL)
    os_lids = Char(string="OS lids and lashes", groups=CLINICAL)
    od_conjunctiva = Char(string="OD conjunctiva", groups=CLINICAL)
    os_conjunctiva = Char(string="OS conjunctiva", groups=CLINICAL)
    od_cornea = Char(string="OD cornea", groups=CLINICAL)
    os_cornea = Char(string="OS cornea", groups=CLINICAL)
    od_anterior_chamber = Char(string="OD anterior chamber", groups=CLINICAL)
    os_anterior_chamber = Char(string="OS anterior chamber", groups=CLINICAL)
    od_iris = Char(string="OD iris", groups=CLINICAL)
    os_iris = Char(string="OS iris", groups=CLINICAL)
    od_lens = Char(string="OD lens", groups=CLINICAL)
    os_lens = Char(string="OS lens", groups=CLINICAL)
    od_vitreous = Char(string="OD vitreous", groups=CLINICAL)
    os_vitreous = Char(string="OS vitreous", groups=CLINICAL)
    od_disc = Char(string="OD disc", groups=CLINICAL)
    os_disc = Char(string="OS disc", groups=CLINICAL)
    od_macula = Char(string="OD macula", groups=CLINICAL)
    os_macula = Char(string="OS macula", groups=CLINICAL)
    od_vessels = Char(string="OD vessels", groups=CLINICAL)
    os_vessels = Char(string="OS vessels", groups=CLINICAL)
    od_periphery = Char(string="OD periphery", groups=CLINICAL)
    os_periphery = Char(string="OS periphery", groups=CLINICAL)
    od_cd_ratio = Float(
        string="OD cup/disc ratio", digits=(3, 2), nullable=True, groups=CLINICAL, aggregator=None
    )
    os_cd_ratio = Float(
        string="OS cup/disc ratio", digits=(3, 2), nullable=True, groups=CLINICAL, aggregator=None
    )
    pupils_perrla = Boolean(string="Pupils PERRLA", groups=CLINICAL)
    apd = Selection(_APD, string="Afferent pupillary defect", groups=CLINICAL)
    eom = Char(string="Eye movements", groups=CLINICAL)
    confrontation_fields = Char(groups=CLINICAL)
    cover_test_distance = Char(groups=CLINICAL)
    cover_test_near = Char(groups=CLINICAL)
    dilated = Boolean(groups=CLINICAL)
    dilation_agent = Char(groups=CLINICAL)
    dilation_time = Datetime(groups=CLINICAL)

    @constrains("od_cd_ratio", "os_cd_ratio")
    def _cup_disc_ratios(self) -> Iterator[Problem]:
        for exam in self:
            yield from measures.cup_problems("od_cd_ratio", exam.od_cd_ratio)
            yield from measures.cup_problems("os_cd_ratio", exam.os_cd_ratio)
            yield from unconfirmed(self.env, measures.cup_warnings(exam.od_cd_ratio, exam.os_cd_ratio))

    @constrains("dilated", "dilation_agent")
    def _dilation_names_its_agent(self) -> Iterator[Problem]:
        for exam in self:
            if exam.dilated and not exam.dilation_agent:
                yield Problem("dilation_agent", "required", "Say with which agent the pupils were dilated.")

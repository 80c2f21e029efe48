"""Decision, rules, guards, list, carrying out and certificate.

The way: ``propose`` freezes what may go, a named person approves it, ``carry_out`` destroys what
is approved and eligible still and issues a certificate; ``certificate_html`` prints it.
"""

from tasks.culling.answers import answer
from tasks.culling.approval import approve
from tasks.culling.carrying_out import CarriedOut, carry_out
from tasks.culling.certificate import Certificate, read_certificate
from tasks.culling.decision import Decision, decision_for, in_force
from tasks.culling.decision_file import TEMPLATE, load_decisions
from tasks.culling.proposal import ListRef, propose
from tasks.culling.protocol import certificate_html
from tasks.culling.showing import Shown, show

__all__ = [
    "TEMPLATE",
    "CarriedOut",
    "Certificate",
    "Decision",
    "ListRef",
    "Shown",
    "answer",
    "approve",
    "carry_out",
    "certificate_html",
    "decision_for",
    "in_force",
    "load_decisions",
    "propose",
    "read_certificate",
    "show",
]

"""One analyser for rules and search; Swedish and English dates and amounts. Pure."""

from monitor.language.analyser import Analyser, Token, analyser
from monitor.language.terms import Ask, Term, parse_term
from monitor.language.termset import TermSet, locate

__all__ = ["Analyser", "Ask", "Term", "TermSet", "Token", "analyser", "locate", "parse_term"]

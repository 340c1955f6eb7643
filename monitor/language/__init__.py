"""One analyser for rules and search; Swedish and English dates and amounts. Pure."""

from monitor.language.analyser import Analyser, Token, analyser
from monitor.language.terms import Ask, Term, TermSet, locate, parse_term

__all__ = ["Analyser", "Ask", "Term", "TermSet", "Token", "analyser", "locate", "parse_term"]

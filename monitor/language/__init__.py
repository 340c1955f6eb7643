"""Readers of texts: lemmas for rules and search; dates, money, shares, applicants, kinds and places of calls. Pure."""

from monitor.language.analyser import Analyser, Token, analyser
from monitor.language.terms import MatchMode, Term, parse_term
from monitor.language.termset import TermSet, locate

__all__ = ["Analyser", "MatchMode", "Term", "TermSet", "Token", "analyser", "locate", "parse_term"]

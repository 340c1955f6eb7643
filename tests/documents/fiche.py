"""A call document in the structure of the Commission's, with a subject of our own."""

from tests.documents.files import pdf_bytes

IDENTIFIER = "LIFE-2026-TEST-TOWNS"


def fiche(*, most: str = "500 000", share: str = "60", version: str = "1.0", extra: tuple[str, ...] = ()) -> bytes:
    """Return the document; the variables are the amount and share of page 3 and the version of page 1."""
    pages = [
        f"Call for proposals\nTowns that store rain\n({IDENTIFIER})\nVersion {version}\n27 January 2026",
        "TABLE OF CONTENTS\n1. Background ........ 3\n3. Available budget ........ 3\n6. Eligibility ........ 4\n"
        "Eligible participants ........ 4\n10. Legal and financial set-up ........ 5",
        "3. Available budget\nThe available call budget is EUR 12 000 000.\n"
        f"The grant for each project is at most EUR {most}.\n"
        f"Projects will be funded at a rate of {share} % of the eligible costs.",
        "6. Eligibility\nEligible participants\nMunicipalities may apply.\nConsortium composition\n"
        "Proposals must be submitted by at least three partners from at least two different countries.\n"
        "Duration\nProjects should last between 24 and 36 months.\nProposals must be written in English.",
        "10. Legal and financial set-up of the Grant Agreements\n"
        "Prefinancing of 80 % of the maximum grant amount will be paid.\n"
        "An audit certificate is needed above a threshold of EUR 430 000 per project.\nIt is a single-stage procedure.",
        *extra,
    ]
    return pdf_bytes(pages, title="Towns that store rain")

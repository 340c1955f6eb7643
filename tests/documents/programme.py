"""Work programmes in the structure of the Commission's, with calls of our own: tables of topics, and boxes of one action each."""

from __future__ import annotations

from collections.abc import Sequence

from fpdf import FPDF

HEADER = "Citizens, Equality, Rights and Values programme - Work programme 2026-2027"
COLUMNS = ("Topic", "Type of action", "Indicative budget (EUR million)", "Opening", "Deadline")
ROWS = (
    (
        "CERV-2027-CITIZENS-TOWN-TT: Youth exchange between twin towns about water, with guests of every age",
        "CERV-LS", "4.50", "21 January 2027", "22 April 2027",
    ),
    ("CERV-2027-CITIZENS-TOWN-NT: Networks of towns", "CERV-PJG", "6.00", "21 January 2027", "22 April 2027"),
    ("CERV-2027-CITIZENS-REM: Remembrance in 2027", "CERV-PJG", "16.20", "18 February 2027", "10 June 2027"),
    ("CERV-2028-CHILD: Children's rights in cities", "CERV-PJG", "17.00", "Q1 2028", "to be decided"),
)  # fmt: skip
BOXES = (
    (
        "1.2.1 Small libraries that lend tools",
        (
            ("Call topic ID", "CREA-CULT-2027-TOOLS"),
            ("Type of action", "Project grants"),
            ("Indicative budget", "EUR 12 500 000"),
            ("Publication of the call", "Fourth quarter of 2026"),
            ("Deadline for submission", "4 March 2027"),
        ),
    ),
    (
        "1.2.2 Stages in small towns",
        (
            ("Type of action", "Project grants"),
            ("Indicative amount", "EUR 3.2 million"),
            ("Publication of the call", "April 2027"),
            ("Deadline for submission", "September 2027"),
        ),
    ),
    (
        "1.2.3 Study of audiences",
        (("Type of action", "Procurement"), ("Indicative amount", "EUR 250 000"), ("Indicative timetable", "Q2 2027")),
    ),
)
_PROSE = (
    "The programme supports people and organisations that act for their rights. Calls are open to public bodies and associations."
    " The indicative budget of the programme for the year is EUR 230 000 000, of which grants are the largest part."
)


class ProgrammePdf(FPDF):
    """PDF with a running header and the number of the page at its foot."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.heading = title
        self.set_title(title)
        self.set_font("Helvetica", size=10)

    def header(self) -> None:
        self.cell(0, 8, self.heading, new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-15)
        self.cell(0, 8, str(self.page_no()), align="C")

    def paragraph(self, text: str) -> None:
        self.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")


def topics_pdf(
    rows: Sequence[Sequence[str]] = ROWS, columns: Sequence[str] = COLUMNS, *, title: str = HEADER, version: str = "1.0"
) -> bytes:
    """Return a programme whose third page has a table of topics."""
    pdf = ProgrammePdf(title)
    pdf.add_page()
    pdf.paragraph(f"ANNEX\n{title}\nVersion {version}\n14 November 2026")
    pdf.add_page()
    pdf.paragraph(f"1. Introduction\n{_PROSE}")
    pdf.add_page()
    pdf.paragraph(f"2.1 Calls for proposals\n{_PROSE}")
    with pdf.table(col_widths=(44, 16, 16, 18, 18)) as table:
        for row in (columns, *rows):
            table.row(row)
    pdf.paragraph("Topics may be changed by a later decision. 2.2 Other actions are described below.")
    return bytes(pdf.output())


def boxes_pdf(
    boxes: Sequence[tuple[str, Sequence[tuple[str, str]]]] = BOXES, *, title: str = "Creative Europe - 2027 annual work programme"
) -> bytes:
    """Return a programme with one box of labels and values under the heading of each action."""
    pdf = ProgrammePdf(title)
    pdf.add_page()
    pdf.paragraph(f"ANNEX\n{title}\n12 September 2026")
    for heading, pairs in boxes:
        pdf.add_page()
        pdf.paragraph(f"{heading}\n{_PROSE}")
        with pdf.table(col_widths=(1, 2), first_row_as_headings=False) as table:
            for pair in pairs:
                table.row(pair)
        pdf.paragraph(_PROSE)
    return bytes(pdf.output())

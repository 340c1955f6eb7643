"""What a department gets and how it reads: choosing, wording, rendering, calendar. Pure: values and `now` in, values out."""

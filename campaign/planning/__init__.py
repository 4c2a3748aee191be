"""When what goes out: the calendar, moving, holidays, the feed for calendar programmes."""

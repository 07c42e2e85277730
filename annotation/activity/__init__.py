"""Active time of people: counted in the browser, kept once, shown to the person it is of."""

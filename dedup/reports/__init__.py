"""Output of a scan: files, tables, the HTML report and the terminal."""

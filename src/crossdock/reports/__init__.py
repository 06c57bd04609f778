"""Reports that people print, file and calculate with: sheets of rows, written as XLSX, HTML, CSV or JSON."""

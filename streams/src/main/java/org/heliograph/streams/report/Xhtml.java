package org.heliograph.streams.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One page of XHTML that needs nothing else, written from top to bottom. What it is given is text, not markup. */
final class Xhtml {
    private static final String STYLE = """
            @page { size: A4; margin: 16mm 15mm 18mm; @bottom-right { content: counter(page) " / " counter(pages);
              font: 8pt Helvetica, Arial, sans-serif; color: #555; } }
            body { font: 10pt/1.4 Helvetica, Arial, sans-serif; color: #1b1f24; background: #fff; max-width: 62em;
              margin: 1.5em auto; padding: 0 1em; }
            h1 { font-size: 19pt; margin: 0; } h2 { font-size: 12.5pt; margin: 1.6em 0 .4em;
              border-bottom: 1px solid #b7bec7; page-break-after: avoid; -fs-page-break-min-height: 40mm; }
            p { margin: .3em 0 .6em; } .sub, .note { color: #4a525c; } .note { font-size: 8.5pt; }
            .badge { border: 1px solid #b35900; color: #8a4500; padding: 1px 6px; font-weight: bold; }
            .badge.final { border-color: #2b7a3d; color: #1f5f2e; }
            table { border-collapse: collapse; width: 100%; font-size: 9pt; -fs-table-paginate: paginate; }
            tr { page-break-inside: avoid; }
            th, td { text-align: left; padding: 3px 6px; border-bottom: 1px solid #dde1e6; vertical-align: top; }
            th.n, td.n { text-align: right; } th.n, td.n, td.w { white-space: nowrap; }
            td.unknown { color: #6b7280; font-style: italic; }
            .big td { border: 1px solid #c9d0d8; width: 25%; } .big b { display: block; font-size: 16pt; }
            .bar { background: #3c78b4; height: 9px; } .bar.open { background: #9aa4af; }
            td.chart { width: 14%; } table.parts { font-size: 7.5pt; } .parts th, .parts td { padding: 3px 3px; }
            """;

    private final StringBuilder out = new StringBuilder();

    /** A cell of a table. */
    record Cell(String html) {
        static Cell text(String text) {
            return of("", text, "");
        }

        static Cell number(String text) {
            return of("n", text, "");
        }

        /** @param note below the text, smaller; may be empty */
        static Cell of(String style, String text, String note) {
            return new Cell("<td" + styled(style) + ">" + escaped(text) + noted(note) + "</td>");
        }

        static Cell head(String style, String text) {
            return new Cell("<th" + styled(style) + ">" + escaped(text).replace("\n", "<br/>") + "</th>");
        }

        /** A value to be read from afar. */
        static Cell tile(String name, String value, String note) {
            return new Cell("<td>" + escaped(name) + "<b>" + escaped(value) + "</b>" + noted(note) + "</td>");
        }

        /** @param open whether there is more to come */
        static Cell bar(double percent, boolean open) {
            return new Cell(String.format(
                    Locale.ROOT,
                    "<td class=\"chart\"><div class=\"bar%s\" style=\"width:%.1f%%\"></div></td>",
                    open ? " open" : "",
                    percent));
        }

        private static String noted(String note) {
            return note.isEmpty() ? "" : "<div class=\"note\">" + escaped(note) + "</div>";
        }
    }

    Xhtml(String language, String title) {
        out.append("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"")
                .append(language)
                .append("\"><head><meta charset=\"utf-8\"/>")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><title>")
                .append(escaped(title))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escaped(title))
                .append("</h1>\n");
    }

    void heading(String text) {
        out.append("<h2>").append(escaped(text)).append("</h2>\n");
    }

    void paragraph(String text) {
        paragraph("", text);
    }

    void paragraph(String style, String text) {
        out.append("<p").append(styled(style)).append(">").append(escaped(text)).append("</p>\n");
    }

    /** A paragraph behind a word in a frame. */
    void badged(String style, String badge, String text) {
        out.append("<p><span")
                .append(styled(style))
                .append(">")
                .append(escaped(badge))
                .append("</span> ")
                .append(escaped(text))
                .append("</p>\n");
    }

    /** A table of one row. */
    void tiles(List<Cell> tiles) {
        out.append("<table class=\"big\"><tr>");
        tiles.forEach(tile -> out.append(tile.html()));
        out.append("</tr></table>\n");
    }

    /** A table without a head. */
    void table(Stream<List<Cell>> rows) {
        out.append("<table>\n");
        rows(rows);
        out.append("</table>\n");
    }

    void table(String style, List<Cell> heads, Stream<List<Cell>> rows) {
        out.append("<table").append(styled(style)).append("><thead><tr>");
        heads.forEach(head -> out.append(head.html()));
        out.append("</tr></thead><tbody>\n");
        rows(rows);
        out.append("</tbody></table>\n");
    }

    private void rows(Stream<List<Cell>> rows) {
        rows.forEach(cells -> {
            out.append("<tr>");
            cells.forEach(cell -> out.append(cell.html()));
            out.append("</tr>\n");
        });
    }

    /** All of it; nothing is written after that. */
    String end() {
        return out.append("</body></html>\n").toString();
    }

    private static String styled(String style) {
        return style.isEmpty() ? "" : " class=\"" + style + "\"";
    }

    private static String escaped(String text) {
        return text.chars()
                .mapToObj(c -> switch (c) {
                    case '<' -> "&lt;";
                    case '>' -> "&gt;";
                    case '&' -> "&amp;";
                    case '"' -> "&quot;";
                    default -> String.valueOf((char) c);
                })
                .collect(Collectors.joining());
    }
}

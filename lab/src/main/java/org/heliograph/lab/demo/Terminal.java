package org.heliograph.lab.demo;

import java.io.PrintStream;
import java.util.List;

/** What the demo writes to. In a terminal a bar and a table are redrawn in place; elsewhere they are lines, now and then. */
final class Terminal {
    private static final int BAR_WIDTH = 40;
    private static final long LINE_INTERVAL_NANOS = 10_000_000_000L;

    private final PrintStream out = System.out;
    private final boolean redraws;
    private long lastLineNanos = System.nanoTime() - LINE_INTERVAL_NANOS;
    private int drawnLines;

    @SuppressWarnings("SystemConsoleNull") // its documentation still allows null
    Terminal(boolean headless) {
        redraws = !headless && System.console() != null && System.console().isTerminal();
    }

    void line(String text) {
        out.println(text);
        out.flush();
        drawnLines = 0;
    }

    void starting(String what) {
        out.print((drawnLines == 0 ? "starting " : ", ") + what);
        out.flush();
        drawnLines = 1;
    }

    void started() {
        line("");
    }

    void progress(String what, long done, long all) {
        double share = all == 0 ? 1 : Math.min(1, done / (double) all);
        int filled = (int) Math.round(share * BAR_WIDTH);
        String bar = String.format(
                "%s [%s%s] %3.0f %%  %d of %d min",
                what, "#".repeat(filled), ".".repeat(BAR_WIDTH - filled), share * 100, done, all);
        if (redraws) {
            out.print("\r" + bar);
            out.flush();
        } else if (isTimeForALine() || share == 1) {
            out.println(bar);
        }
    }

    /** Draws lines over those drawn before; where nothing can be redrawn, the summary once in a while. */
    void draw(List<String> lines, String summary) {
        if (redraws) {
            if (drawnLines > 0) {
                out.print("\u001b[" + drawnLines + "A");
            }
            lines.forEach(text -> out.print("\u001b[2K" + text + "\n"));
            out.flush();
            drawnLines = lines.size();
        } else if (isTimeForALine()) {
            out.println(summary);
        }
    }

    private boolean isTimeForALine() {
        long now = System.nanoTime();
        if (now - lastLineNanos < LINE_INTERVAL_NANOS) {
            return false;
        }
        lastLineNanos = now;
        return true;
    }
}

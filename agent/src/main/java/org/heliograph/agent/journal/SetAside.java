package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The damaged files beside a journal, for whoever wants to look into them: a failing disk isn't to be filled with them. */
final class SetAside {
    private static final Logger log = LoggerFactory.getLogger(SetAside.class);

    static final int FILES_MAX = 3;

    private static final String MARK = ".corrupt-";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private SetAside() {}

    /** What a journal's file is called once it is set aside. */
    static Path named(Path journal, Instant at) {
        return journal.resolveSibling(journal.getFileName() + MARK + TIME.format(at));
    }

    /** Whatever is in it, it was a journal. */
    static boolean isOne(Path file) {
        return String.valueOf(file.getFileName()).contains(MARK);
    }

    /** Leaves the newest, and of the others those that are among the newest {@link #FILES_MAX} and fit into so many bytes. */
    static void thinOut(Path journal, long bytesMax) {
        try {
            long bytes = 0;
            int files = 0;
            for (Path aside : newestFirst(journal)) {
                long size = size(aside);
                bytes += size;
                files++;
                if (files > FILES_MAX || (files > 1 && bytes > bytesMax)) {
                    JournalFile.remove(aside);
                    log.warn("journal=removed-aside file={} bytes={}", aside.getFileName(), size);
                }
            }
        } catch (IOException e) {
            // the journal itself is whole
            log.warn("journal=asides-stay reason={}", e.toString());
        }
    }

    private static List<Path> newestFirst(Path journal) throws IOException {
        String prefix = journal.getFileName() + MARK;
        List<Path> asides = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                journal.resolveSibling(""),
                path -> path.getFileName().toString().startsWith(prefix)
                        && path.getFileName().toString().endsWith("Z"))) {
            files.forEach(asides::add);
        }
        asides.sort(Comparator.comparing(path -> path.getFileName().toString(), Comparator.reverseOrder()));
        return asides;
    }

    private static long size(Path aside) throws IOException {
        long bytes = 0;
        for (String suffix : JournalFile.SUFFIXES) {
            Path part = JournalFile.part(aside, suffix);
            bytes += Files.exists(part) ? Files.size(part) : 0;
        }
        return bytes;
    }
}

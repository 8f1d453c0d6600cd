package org.heliograph.agent.journal;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/** SQLite itself, which its driver unpacks into a folder and loads from there. */
final class Library {
    private static final Logger log = LoggerFactory.getLogger(Library.class);

    /** The driver's own setting of where to; Java's folder for temporary files where it isn't set. */
    private static final String FOLDER = "org.sqlite.tmpdir";

    private Library() {}

    /**
     * Has it loaded: from beside the journal, where nothing may be loaded from the folder for temporary files. On hardened
     * machines that is mounted noexec, as is a container's tmpfs.
     */
    static void load(Path journal) throws JournalException {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) { // which is what it declares
            loadFromBeside(journal, e);
        }
    }

    private static void loadFromBeside(Path journal, Exception first) throws JournalException {
        String folder = String.valueOf(journal.toAbsolutePath().getParent());
        String asked = System.getProperty(FOLDER);
        if (asked == null) {
            System.setProperty(FOLDER, folder);
            try {
                SQLiteJDBCLoader.initialize();
                log.info("sqlite=loaded folder={} reason=\"not from java.io.tmpdir: {}\"", folder, first.getMessage());
                return;
            } catch (Exception e) {
                System.clearProperty(FOLDER);
                first.addSuppressed(e);
            }
        }
        String tried = asked == null ? System.getProperty("java.io.tmpdir") + ", nor from " + folder : asked;
        throw new JournalException(
                "the journal " + journal + " can't be opened: SQLite can't be loaded from " + tried
                        + " (no room, or mounted noexec?); JAVA_OPTS=-D" + FOLDER + "=FOLDER names another folder",
                first);
    }
}

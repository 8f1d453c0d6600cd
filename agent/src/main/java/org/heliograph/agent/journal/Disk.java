package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The space beside a journal. */
interface Disk {
    long usableBytes() throws IOException;

    static Disk of(Path folder) {
        return () -> Files.getFileStore(folder).getUsableSpace();
    }
}

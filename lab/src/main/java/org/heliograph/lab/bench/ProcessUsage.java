package org.heliograph.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a process uses, as Linux tells it. */
record ProcessUsage(long pid) {
    private static final int BYTES_PER_KIBIBYTE = 1024;
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    /** Its processor time so far; empty for one that is gone. */
    Optional<Duration> cpu() {
        return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration());
    }

    /** Its memory now; empty where nobody tells. */
    OptionalLong residentBytes() throws IOException {
        return bytes(RESIDENT);
    }

    /** The most of it so far; empty where nobody tells. */
    OptionalLong peakBytes() throws IOException {
        return bytes(PEAK);
    }

    private OptionalLong bytes(Pattern field) throws IOException {
        Path status = Path.of("/proc", String.valueOf(pid), "status");
        if (!Files.isReadable(status)) {
            return OptionalLong.empty();
        }
        Matcher found = field.matcher(Files.readString(status));
        return found.find()
                ? OptionalLong.of(BYTES_PER_KIBIBYTE * Long.parseLong(found.group(1)))
                : OptionalLong.empty();
    }
}

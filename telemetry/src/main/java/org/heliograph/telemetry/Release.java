package org.heliograph.telemetry;

/** Which version of Heliograph a program is of. */
public final class Release {
    private Release() {}

    /** As the program's jar says; a build in a folder of classes has none. */
    public static String of(Class<?> program) {
        String version = program.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}

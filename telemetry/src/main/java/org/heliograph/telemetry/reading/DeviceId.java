package org.heliograph.telemetry.reading;

/**
 * A device, within its site. Names start with a letter or digit and go on with {@code [A-Za-z0-9._-]}, at most 64 of
 * them: they appear in topics, keys and series.
 */
public record DeviceId(String site, String device) {
    private static final int MAX_LENGTH = 64;

    public DeviceId {
        requireName("site", site);
        requireName("device", device);
    }

    /** The key of its Kafka records, {@code {site}/{device}}. */
    public String key() {
        return site + "/" + device;
    }

    /** @throws IllegalArgumentException if the key is not {@code {site}/{device}} */
    public static DeviceId ofKey(String key) {
        int slash = key.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + key + "' is not {site}/{device}");
        }
        return new DeviceId(key.substring(0, slash), key.substring(slash + 1));
    }

    public static boolean isName(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH || !isLetterOrDigit(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static void requireName(String what, String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' is not a " + what + " name: a letter or digit, then"
                    + " letters, digits, '.', '_' or '-', at most " + MAX_LENGTH);
        }
    }

    /** Written out, as it is the key of maps on every reading's way: what a record is given goes through method handles. */
    @Override
    public boolean equals(Object other) {
        return other instanceof DeviceId(String itsSite, String itsDevice)
                && device.equals(itsDevice)
                && site.equals(itsSite);
    }

    @Override
    public int hashCode() {
        return 31 * site.hashCode() + device.hashCode();
    }

    @Override
    public String toString() {
        return key();
    }
}

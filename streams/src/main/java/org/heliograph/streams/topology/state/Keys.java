package org.heliograph.streams.topology.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.telemetry.reading.Point;

/**
 * Keys of the state stores. Names come first, ended by a zero byte (no name contains one), then numbers, big-endian and
 * non-negative, so that byte order is the order of time.
 */
public final class Keys {
    private Keys() {}

    /** A device's minute among its own: {@code device key, minute}. */
    public static Bytes deviceMinute(String deviceKey, long minuteMillis) {
        byte[] name = deviceKey.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(name.length + 1 + Long.BYTES)
                .put(name)
                .put((byte) 0)
                .putLong(minuteMillis)
                .array());
    }

    /** A site's minute: {@code site, minute}. */
    public static Bytes siteMinute(String site, long minuteMillis) {
        return deviceMinute(site, minuteMillis);
    }

    /** A partition's share of a site's minute: {@code site, minute, partition}. */
    public static Bytes share(String site, long minuteMillis, int partition) {
        byte[] siteName = site.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(siteName.length + 1 + Long.BYTES + Integer.BYTES)
                .put(siteName)
                .put((byte) 0)
                .putLong(minuteMillis)
                .putInt(partition)
                .array());
    }

    /** The partition whose {@link #share} it is. */
    public static int sharePartition(Bytes key) {
        return ByteBuffer.wrap(key.get()).getInt(key.get().length - Integer.BYTES);
    }

    /** What says something of all that is kept of a site, before all keys of its minutes. */
    public static Bytes site(String site) {
        return Bytes.wrap((site + '\0').getBytes(StandardCharsets.UTF_8));
    }

    /** A site's alert: {@code site, device, rule}. Without device and rule it comes before all of the site's. */
    public static Bytes alert(String site, String device, String rule) {
        return Bytes.wrap((site + '\0' + device + '\0' + rule).getBytes(StandardCharsets.UTF_8));
    }

    /** Comes after all of a site's keys. */
    public static Bytes afterSite(String site) {
        return Bytes.wrap((site + '\1').getBytes(StandardCharsets.UTF_8));
    }

    /** A restatement that has begun: {@code factor or series, from, to}. */
    public static Bytes restatement(String id, long fromMillis, long toMillis) {
        byte[] name = id.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(name.length + 1 + 2 * Long.BYTES)
                .put(name)
                .put((byte) 0)
                .putLong(fromMillis)
                .putLong(toMillis)
                .array());
    }

    /** What awaits a site's model, among restatements: no factor's name is empty. */
    public static Bytes awaited(String site) {
        return Bytes.wrap(('\0' + site).getBytes(StandardCharsets.UTF_8));
    }

    public static Bytes window(WindowKey key) {
        return window(key.site(), key.window(), key.start().toEpochMilli());
    }

    /** A site's window: {@code site, kind, start}. */
    public static Bytes window(String site, Window window, long startMillis) {
        byte[] name = site.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(name.length + 2 + Long.BYTES)
                .put(name)
                .put((byte) 0)
                .put((byte) window.code())
                .putLong(startMillis)
                .array());
    }

    /** What says, among a site's windows and before all of them, which have been deleted: no window has that code. */
    public static Bytes goneWindows(String site) {
        return Bytes.wrap((site + "\0\0").getBytes(StandardCharsets.UTF_8));
    }

    /** A device's register, in a store whose keys are text: {@code device key/point}. */
    public static String register(String deviceKey, Point register) {
        return deviceKey + "/" + register.label();
    }

    /** The name that a key starts with. */
    public static String name(Bytes key) {
        byte[] bytes = key.get();
        return new String(bytes, 0, zero(bytes), StandardCharsets.UTF_8);
    }

    /** The number right after a {@link #deviceMinute} or {@link #siteMinute} key's name. */
    public static long minuteMillis(Bytes key) {
        byte[] bytes = key.get();
        return ByteBuffer.wrap(bytes).getLong(zero(bytes) + 1);
    }

    public static Window window(Bytes key) {
        byte[] bytes = key.get();
        return Window.coded(bytes[zero(bytes) + 1]);
    }

    public static long windowStartMillis(Bytes key) {
        byte[] bytes = key.get();
        return ByteBuffer.wrap(bytes).getLong(zero(bytes) + 2);
    }

    private static int zero(byte[] bytes) {
        int i = 0;
        while (bytes[i] != 0) {
            i++;
        }
        return i;
    }
}

package org.heliograph.streams.topology.device;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.site.MeterTree;
import org.heliograph.streams.site.ShareSum;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.jspecify.annotations.Nullable;

/**
 * What was last published of each device minute, as far as it counts in the site's minute: a record for each minute of a
 * site, with this partition's devices. What has changed is held in memory until {@link #write}, before each commit, and
 * the newest minutes for longer.
 */
public final class SiteEnergies {
    public static final String STORE = "site-energies";

    /** At most this many device minutes are held in memory; the least recently asked for go first. */
    private static final int MOST_HELD = 50_000;

    private final KeyValueStore<Bytes, byte[]> store;
    private final Map<Key, Minute> minutes = new LinkedHashMap<>(16, 0.75f, true);
    private final List<Minute> changed = new ArrayList<>();
    private int held;

    SiteEnergies(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    private record Key(String site, long minuteMillis) {}

    /**
     * What was said of a device's minute.
     *
     * @param energies millijoules by register
     * @param print tells whether the published bytes were others
     */
    record Said(Role role, Map<Point, Long> energies, boolean isComplete, boolean isEstimated, long print) {
        static Said of(Device device, DeviceMinute minute, long print) {
            return new Said(device.role(), minute.energies(), minute.isComplete(), minute.isEstimated(), print);
        }
    }

    /** A site's minute. */
    final class Minute implements Comparable<Minute> {
        private final String site;
        private final long startMillis;
        private final Map<String, Said> devices;
        private boolean isChanged;
        private boolean isTouched;

        private Minute(String site, long startMillis, Map<String, Said> devices) {
            this.site = site;
            this.startMillis = startMillis;
            this.devices = devices;
        }

        String site() {
            return site;
        }

        long startMillis() {
            return startMillis;
        }

        @Nullable
        Said said(String device) {
            return devices.get(device);
        }

        void say(String device, Said said) {
            if (devices.put(device, said) == null) {
                held++;
            }
            if (!isChanged) {
                isChanged = true;
                changed.add(this);
            }
        }

        /** Whether it is touched now and wasn't before. */
        boolean touch() {
            boolean isFirst = !isTouched;
            isTouched = true;
            return isFirst;
        }

        /** What the devices add up to; it isn't touched any more. */
        SiteShare sum(SiteModel model, MeterTree tree) {
            isTouched = false;
            Instant start = Instant.ofEpochMilli(startMillis);
            ShareSum sum = new ShareSum(tree);
            devices.forEach((device, said) -> sum.add(
                    said.role(),
                    device,
                    model.device(device, start).orElse(null),
                    said.energies(),
                    said.isComplete(),
                    said.isEstimated()));
            return sum.total();
        }

        @Override
        public int compareTo(Minute other) {
            int bySite = site.compareTo(other.site);
            return bySite != 0 ? bySite : Long.compare(startMillis, other.startMillis);
        }
    }

    Minute minute(String site, long minuteMillis) {
        Key key = new Key(site, minuteMillis);
        Minute known = minutes.get(key);
        if (known == null) {
            byte @Nullable [] stored = store.get(Keys.siteMinute(site, minuteMillis));
            known = new Minute(site, minuteMillis, stored == null ? new HashMap<>() : decode(stored));
            held += known.devices.size();
            minutes.put(key, known);
        }
        return known;
    }

    /** Writes what has changed. */
    void write() {
        for (Minute minute : changed) {
            store.put(Keys.siteMinute(minute.site, minute.startMillis), encode(minute.devices));
            minute.isChanged = false;
        }
        changed.clear();
        Iterator<Minute> longestUnasked = minutes.values().iterator();
        while (held > MOST_HELD && longestUnasked.hasNext()) {
            held -= longestUnasked.next().devices.size();
            longestUnasked.remove();
        }
    }

    /** Forgets a site's minutes before a moment. */
    void purge(String site, long beforeMillis) {
        write();
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all =
                store.range(Keys.siteMinute(site, 0), Keys.siteMinute(site, beforeMillis - 1))) {
            all.forEachRemaining(entry -> old.add(entry.key));
        }
        old.forEach(store::delete);
        minutes.values().removeIf(minute -> {
            boolean isOld = minute.site.equals(site) && minute.startMillis < beforeMillis;
            held -= isOld ? minute.devices.size() : 0;
            return isOld;
        });
    }

    /** The roles' names come once; a device refers to one by its place among them. */
    private static byte[] encode(Map<String, Said> devices) {
        ByteArrayOutputStream buffer = new ByteArrayOutputStream(16 + 48 * devices.size());
        CodedOutputStream bytes = CodedOutputStream.newInstance(buffer);
        List<Role> roles = roles(devices.values());
        try {
            bytes.writeUInt32NoTag(roles.size());
            for (Role role : roles) {
                bytes.writeStringNoTag(role.label());
            }
            bytes.writeUInt32NoTag(devices.size());
            for (Map.Entry<String, Said> device : devices.entrySet()) {
                Said said = device.getValue();
                bytes.writeStringNoTag(device.getKey());
                bytes.writeUInt32NoTag(roles.indexOf(said.role()));
                bytes.writeBoolNoTag(said.isComplete());
                bytes.writeBoolNoTag(said.isEstimated());
                bytes.writeFixed64NoTag(said.print());
                bytes.writeUInt32NoTag(said.energies().size());
                for (Map.Entry<Point, Long> energy : said.energies().entrySet()) {
                    bytes.writeUInt32NoTag(energy.getKey().number());
                    bytes.writeSInt64NoTag(energy.getValue());
                }
            }
            bytes.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.toByteArray();
    }

    private static List<Role> roles(Collection<Said> devices) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (Said said : devices) {
            roles.add(said.role());
        }
        return List.copyOf(roles);
    }

    private static Map<String, Said> decode(byte[] stored) {
        return StateException.read(STORE, stored, bytes -> read(CodedInputStream.newInstance(bytes)));
    }

    private static Map<String, Said> read(CodedInputStream bytes) throws IOException {
        List<Role> roles = new ArrayList<>();
        for (int i = bytes.readUInt32(); i > 0; i--) {
            String label = bytes.readString();
            roles.add(Role.labelled(label).orElseThrow(() -> new IOException("unknown role '" + label + "'")));
        }
        Map<String, Said> devices = new HashMap<>();
        for (int i = bytes.readUInt32(); i > 0; i--) {
            String device = bytes.readString();
            Role role = roles.get(bytes.readUInt32());
            boolean isComplete = bytes.readBool();
            boolean isEstimated = bytes.readBool();
            long print = bytes.readFixed64();
            Map<Point, Long> energies = new EnumMap<>(Point.class);
            for (int k = bytes.readUInt32(); k > 0; k--) {
                int number = bytes.readUInt32();
                Point point = Point.numbered(number)
                        .orElseThrow(() -> new IOException("a newer version has stored point " + number));
                energies.put(point, bytes.readSInt64());
            }
            devices.put(device, new Said(role, energies, isComplete, isEstimated, print));
        }
        return devices;
    }
}

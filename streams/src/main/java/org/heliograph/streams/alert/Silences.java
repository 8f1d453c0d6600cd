package org.heliograph.streams.alert;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.heliograph.telemetry.wire.v1.SilentDevice;

/** Since when the devices of a site are silent that count as stale. */
final class Silences {
    private final Map<String, Long> sinceMillis = new HashMap<>();

    /** For devices not heard since the engine started: when that was first noticed. */
    private final Map<String, Long> awaitedMillis = new HashMap<>();

    /** People have been told of a silence. */
    void recall(String device, long silentSinceMillis) {
        sinceMillis.merge(device, silentSinceMillis, Math::min);
    }

    /**
     * How long a device has been silent. One that was never heard is silent since it was first missed. One that nothing has
     * come of since the engine's start may speak of old times, as it did before: whether it does shows within its patience.
     *
     * @param patienceMillis how long such a device may take to speak
     * @return empty while that can't be said
     */
    OptionalLong millis(SilentDevice silent, long nowMillis, long patienceMillis) {
        String device = silent.getDevice();
        long spokeMillis = Math.max(silent.getLastMs(), silent.getHeardMs());
        long since = sinceMillis.merge(
                device,
                spokeMillis > 0 ? spokeMillis : nowMillis,
                (before, now) -> spokeMillis > 0 ? Math.max(before, now) : before);
        if (silent.getLastMs() > 0 && silent.getHeardMs() == 0) {
            if (nowMillis - awaitedMillis.computeIfAbsent(device, _ -> nowMillis) < patienceMillis) {
                return OptionalLong.empty();
            }
        } else {
            awaitedMillis.remove(device);
        }
        return OptionalLong.of(Math.max(0, nowMillis - since));
    }

    /** Those that were silent and aren't among the named any more. */
    Set<String> back(Set<String> named) {
        Set<String> back = new TreeSet<>(sinceMillis.keySet());
        back.removeAll(named);
        sinceMillis.keySet().retainAll(named);
        awaitedMillis.keySet().retainAll(named);
        return back;
    }
}

package org.heliograph.streams.influx;

import com.google.protobuf.InvalidProtocolBufferException;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** What the engine published in one record. */
sealed interface StoredFigure {
    record OfDevice(DeviceMinute minute) implements StoredFigure {}

    record OfWindow(SiteWindow window) implements StoredFigure {}

    record OfSite(SiteLive live) implements StoredFigure {}

    record OfAlert(Alert alert) implements StoredFigure {}

    /** What it speaks of; of two figures with one subject the later replaces the earlier. */
    record Subject(String kind, String site, String part, long timeMillis) {}

    /** @throws InvalidProtocolBufferException if the value isn't what its topic carries */
    static StoredFigure parse(Topics topics, String topic, byte[] value) throws InvalidProtocolBufferException {
        if (topic.equals(topics.energy())) {
            return new OfDevice(DeviceMinute.parseFrom(value));
        }
        if (topic.equals(topics.kpi())) {
            return new OfWindow(SiteWindow.parseFrom(value));
        }
        if (topic.equals(topics.live())) {
            return new OfSite(SiteLive.parseFrom(value));
        }
        if (topic.equals(topics.alerts())) {
            return new OfAlert(Alert.parseFrom(value));
        }
        throw new IllegalArgumentException("the sink doesn't read " + topic);
    }

    default Subject subject() {
        return switch (this) {
            case OfDevice(DeviceMinute minute) ->
                new Subject("device", minute.getSite(), minute.getDevice(), minute.getStartMs());
            case OfWindow(SiteWindow window) ->
                new Subject("window", window.getSite(), window.getWindow(), window.getStartMs());
            case OfSite(SiteLive live) -> new Subject("live", live.getSite(), "", live.getTimeMs());
            case OfAlert(Alert alert) ->
                new Subject("alert", alert.getSite(), alert.getDevice() + "/" + alert.getRule(), alert.getTimeMs());
        };
    }
}

package org.heliograph.streams.topology.device;

import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.state.CommitStore;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Output;

/** What the device side holds in memory of its stores until the next commit writes it. */
record DeviceStores(SampleStore samples, SiteEnergies energies, DeviceBook devices, DirtyMinutes dirty, GapBook gaps) {

    static DeviceStores open(ProcessorContext<String, Output> context, EngineSettings settings, long nowMillis) {
        int partition = context.taskId().partition();
        CommitStore atCommit = context.getStateStore(SampleStore.STORE);
        SampleStore samples = new SampleStore(atCommit.entries());
        DeviceStores stores = new DeviceStores(
                samples,
                new SiteEnergies(context.getStateStore(SiteEnergies.STORE)),
                new DeviceBook(context.getStateStore(DeviceBook.STORE), samples),
                new DirtyMinutes(
                        context.getStateStore(DirtyMinutes.STORE),
                        partition,
                        settings.oldestMinuteMillis(nowMillis),
                        nowMillis),
                new GapBook(context.getStateStore(GapBook.STORE), partition));
        atCommit.beforeCommit(stores::write);
        return stores;
    }

    private void write() {
        samples.write();
        energies.write();
        devices.write(dirty);
        dirty.write();
        gaps.write();
    }
}

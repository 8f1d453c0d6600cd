package org.heliograph.sim.coap;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.core.observe.ObserveRelation;
import org.eclipse.californium.core.server.resources.ResourceObserver;
import org.eclipse.californium.core.server.resources.ResourceObserverAdapter;

/**
 * Who observes a device, and which version of its readings each of them has received whole: a confirmable notification
 * is acknowledged, and of a blockwise transfer the last block was fetched. Versions are the ETags.
 */
final class Observers extends MessageInterceptorAdapter {
    private static final int MOST_UNACKNOWLEDGED = 256;

    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Object monitor;
    private final Map<InetSocketAddress, Peer> peers = new HashMap<>();
    private final Map<Integer, Runnable> unacknowledged = new LinkedHashMap<>();
    private boolean everObserved;

    private static final class Peer {
        final long sinceNanos = System.nanoTime();
        int relations;
        long received = -1;
        boolean replaced;
    }

    /** @param monitor guards this, and is notified of every change */
    Observers(Object monitor) {
        this.monitor = monitor;
    }

    /** What to hang onto the resource. */
    ResourceObserver relations() {
        return new ResourceObserverAdapter() {
            @Override
            public void addedObserveRelation(ObserveRelation relation) {
                count(relation.getSource(), 1);
            }

            @Override
            public void removedObserveRelation(ObserveRelation relation) {
                count(relation.getSource(), -1);
            }
        };
    }

    private void count(InetSocketAddress source, int change) {
        synchronized (monitor) {
            Peer peer = peers.computeIfAbsent(source, _ -> new Peer());
            peer.relations += change;
            everObserved = true;
            if (peer.relations <= 0) {
                peers.remove(source);
            }
            monitor.notifyAll();
        }
    }

    @Override
    public void sendResponse(Response response) {
        List<byte[]> tags = response.getOptions().getETags();
        boolean more = response.getOptions().hasBlock2()
                && response.getOptions().getBlock2().isM();
        if (tags.size() != 1 || tags.getFirst().length != Long.BYTES || more) {
            return;
        }
        long version = ByteBuffer.wrap(tags.getFirst()).getLong();
        InetSocketAddress to = response.getDestinationContext().getPeerAddress();
        synchronized (monitor) {
            if (response.getType() == CoAP.Type.CON) {
                unacknowledged.put(response.getMID(), () -> received(to, version));
                Iterator<Integer> oldest = unacknowledged.keySet().iterator();
                while (unacknowledged.size() > MOST_UNACKNOWLEDGED) {
                    oldest.next();
                    oldest.remove();
                }
            } else {
                received(to, version);
            }
        }
    }

    @Override
    public void receiveEmptyMessage(EmptyMessage message) {
        synchronized (monitor) {
            Runnable acknowledged = unacknowledged.remove(message.getMID());
            if (acknowledged != null && message.getType() == CoAP.Type.ACK) {
                acknowledged.run();
            }
        }
    }

    private void received(InetSocketAddress to, long version) {
        Peer peer = peers.get(to);
        if (peer != null && version > peer.received) {
            peer.received = version;
            peer.replaced = false;
            monitor.notifyAll();
        }
    }

    /** Whether anybody ever observed. The caller holds the monitor, here and below. */
    boolean wasObserved() {
        return everObserved;
    }

    boolean isObserved() {
        return !peers.isEmpty();
    }

    /**
     * Whether there are observers and all of them have received that version. One that has not, while another came after
     * it was shown and has, is taken for that one's dead predecessor: a restarted agent comes from another port, and the
     * relation of the old one lingers.
     *
     * @param shownNanos since when that version is shown
     */
    boolean haveReceived(long version, long shownNanos) {
        boolean one = false;
        boolean successor = false;
        for (Peer peer : peers.values()) {
            if (peer.received >= version) {
                one = true;
                successor |= peer.sinceNanos - shownNanos > 0;
            }
        }
        boolean all = true;
        for (Peer peer : peers.values()) {
            if (peer.received < version && !peer.replaced) {
                peer.replaced = successor && System.nanoTime() - shownNanos > LINGER_NANOS;
                all &= peer.replaced;
            }
        }
        return one && all;
    }
}

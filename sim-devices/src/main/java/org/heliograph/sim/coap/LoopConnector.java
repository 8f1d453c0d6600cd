package org.heliograph.sim.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.RawDataChannel;
import org.eclipse.californium.elements.UdpEndpointContext;
import org.eclipse.californium.elements.util.ClockUtil;
import org.jspecify.annotations.Nullable;

/** A UDP socket whose datagrams a shared {@link UdpLoop} receives; Californium's own takes two threads for each port. */
final class LoopConnector implements Connector {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final UdpLoop loop;
    private volatile InetSocketAddress address;
    private volatile @Nullable DatagramChannel channel;
    private volatile @Nullable RawDataChannel receiver;
    private volatile @Nullable EndpointContextMatcher matcher;

    LoopConnector(InetSocketAddress address, UdpLoop loop) {
        this.address = address;
        this.loop = loop;
    }

    @Override
    public synchronized void start() throws IOException {
        if (isRunning()) {
            return;
        }
        DatagramChannel opened = DatagramChannel.open();
        try {
            opened.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            opened.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
            opened.bind(address);
            opened.configureBlocking(false);
            address = (InetSocketAddress) opened.getLocalAddress();
            channel = opened;
            loop.register(opened, this::received);
        } catch (IOException e) {
            opened.close();
            channel = null;
            throw new IOException("can't listen on " + address + ": " + e.getMessage(), e);
        }
    }

    private void received(byte[] datagram, InetSocketAddress source) {
        RawDataChannel to = receiver;
        if (to != null) {
            to.receiveData(RawData.inbound(
                    datagram, new UdpEndpointContext(source), false, ClockUtil.nanoRealtime(), address));
        }
    }

    @Override
    public void send(RawData message) {
        DatagramChannel open = channel;
        if (open == null) {
            message.onError(new IOException("the socket is closed"));
            return;
        }
        UdpEndpointContext to = new UdpEndpointContext(message.getInetSocketAddress());
        EndpointContextMatcher allowed = matcher;
        if (allowed != null && !allowed.isToBeSent(message.getEndpointContext(), to)) {
            message.onError(new IOException("not to be sent to " + message.getInetSocketAddress()));
            return;
        }
        message.onContextEstablished(to);
        try {
            // a full socket drops the datagram, as UDP may: the reliability layer above sends it again
            open.send(ByteBuffer.wrap(message.getBytes()), message.getInetSocketAddress());
            message.onSent();
        } catch (IOException e) {
            message.onError(e);
        }
    }

    @Override
    public synchronized void stop() {
        DatagramChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) {
                // nothing more to do with it
            }
        }
    }

    @Override
    public void destroy() {
        stop();
    }

    @Override
    public void setRawDataReceiver(RawDataChannel messageHandler) {
        receiver = messageHandler;
    }

    @Override
    public void setEndpointContextMatcher(EndpointContextMatcher contextMatcher) {
        matcher = contextMatcher;
    }

    @Override
    public InetSocketAddress getAddress() {
        return address;
    }

    @Override
    public String getProtocol() {
        return "UDP";
    }

    @Override
    public boolean isRunning() {
        return channel != null;
    }

    @Override
    public void processDatagram(DatagramPacket datagram) {
        received(datagram.getData(), (InetSocketAddress) datagram.getSocketAddress());
    }
}

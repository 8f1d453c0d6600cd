package org.heliograph.agent.source.coap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import javax.crypto.SecretKey;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.PskPublicInformation;
import org.eclipse.californium.scandium.dtls.PskSecretResult;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedPskStore;
import org.eclipse.californium.scandium.util.SecretUtil;
import org.eclipse.californium.scandium.util.ServerNames;
import org.heliograph.telemetry.security.Secret;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keys by identity, read anew at each handshake: one that was renewed is taken up, one that is gone lets nobody in. */
final class PreSharedKeys implements AdvancedPskStore {
    private static final Logger log = LoggerFactory.getLogger(PreSharedKeys.class);

    private final Map<String, Secret> keys;
    private final Function<InetSocketAddress, @Nullable String> ownIdentity;

    /** @param ownIdentity who the agent is to a device that it addresses; null where it isn't known */
    PreSharedKeys(Map<String, Secret> keys, Function<InetSocketAddress, @Nullable String> ownIdentity) {
        this.keys = Map.copyOf(keys);
        this.ownIdentity = ownIdentity;
    }

    @Override
    public boolean hasEcdhePskSupported() {
        return true;
    }

    @Override
    public PskSecretResult requestPskSecretResult(
            ConnectionId cid,
            ServerNames serverName,
            PskPublicInformation identity,
            String hmacAlgorithm,
            SecretKey otherSecret,
            byte[] seed,
            boolean useExtendedMasterSecret) {
        return new PskSecretResult(cid, identity, key(identity.getPublicInfoAsString()));
    }

    private @Nullable SecretKey key(String identity) {
        Secret secret = keys.get(identity);
        if (secret == null) {
            return null;
        }
        byte[] bytes = new byte[0];
        try {
            bytes = secret.read();
            return bytes.length == 0 ? null : SecretUtil.create(bytes, PskSecretResult.ALGORITHM_PSK);
        } catch (IOException e) {
            log.error("coap=no-key identity={} reason={}", identity, e.getMessage());
            return null;
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public @Nullable PskPublicInformation getIdentity(InetSocketAddress peerAddress, ServerNames virtualHost) {
        String identity = ownIdentity.apply(peerAddress);
        return identity == null ? null : new PskPublicInformation(identity);
    }

    @Override
    public void setResultHandler(HandshakeResultHandler resultHandler) {
        // answers at once
    }
}

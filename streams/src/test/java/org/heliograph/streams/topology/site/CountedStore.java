package org.heliograph.streams.topology.site;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** A store that counts what is read of it by ranges, and from where on. */
final class CountedStore {
    private final KeyValueStore<Bytes, byte[]> entries;
    private final List<Bytes> from = new ArrayList<>();
    private int read;

    CountedStore(KeyValueStore<Bytes, byte[]> entries) {
        this.entries = entries;
    }

    int read() {
        return read;
    }

    /** Where the ranges began. */
    List<Bytes> from() {
        return from;
    }

    @SuppressWarnings("unchecked")
    KeyValueStore<Bytes, byte[]> store() {
        return (KeyValueStore<Bytes, byte[]>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {KeyValueStore.class}, (_, method, arguments) -> {
                    if (List.of("range", "reverseRange").contains(method.getName())) {
                        from.add((Bytes) arguments[0]);
                    }
                    try {
                        Object answer = method.invoke(entries, arguments);
                        return answer instanceof KeyValueIterator<?, ?> iterator
                                ? counted((KeyValueIterator<Bytes, byte[]>) iterator)
                                : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private KeyValueIterator<Bytes, byte[]> counted(KeyValueIterator<Bytes, byte[]> iterator) {
        return new KeyValueIterator<>() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public KeyValue<Bytes, byte[]> next() {
                read++;
                return iterator.next();
            }

            @Override
            public Bytes peekNextKey() {
                return iterator.peekNextKey();
            }

            @Override
            public void close() {
                iterator.close();
            }
        };
    }
}

package org.heliograph.streams.page;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;

/** A tab of a {@link Chromium}, with nothing remembered from before. */
final class Browser implements AutoCloseable {
    private final DevTools devTools;
    private final Runnable forget;

    /** @param forget ends all that this browser has in its process */
    Browser(DevTools devTools, Runnable forget) {
        this.devTools = devTools;
        this.forget = forget;
        devTools.call("Runtime.enable", "{}");
        devTools.call("Log.enable", "{}");
        devTools.call("Page.enable", "{}");
    }

    void size(int width, int height, boolean phone) {
        devTools.call(
                "Emulation.setDeviceMetricsOverride",
                "{\"width\":%d,\"height\":%d,\"deviceScaleFactor\":%d,\"mobile\":%b}"
                        .formatted(width, height, phone ? 2 : 1, phone));
    }

    void prefer(String feature, String value) {
        devTools.call(
                "Emulation.setEmulatedMedia",
                "{\"features\":[{\"name\":\"%s\",\"value\":\"%s\"}]}".formatted(feature, value));
    }

    /** Returns when the new document is there with its scripts: what the one before shows isn't taken for it. */
    void open(URI address) {
        evaluate("window.left = true");
        devTools.call("Page.navigate", "{\"url\":\"%s\"}".formatted(address));
        String arrived =
                awaitValue("document.readyState + ', left: ' + window.left", "complete, left: undefined"::equals);
        if (!arrived.equals("complete, left: undefined")) {
            throw new IllegalStateException(address + " did not open: " + arrived);
        }
    }

    /** The value of a JavaScript expression, as text. */
    String evaluate(String expression) {
        String quoted = String.valueOf(JsonStringEncoder.getInstance().quoteAsString("String(" + expression + ")"));
        return DevTools.value(devTools.call("Runtime.evaluate", "{\"expression\":\"" + quoted + "\"}"), "value");
    }

    /** Runs a script, whatever the page's own policy says of scripts. */
    void run(String script) {
        String quoted = String.valueOf(JsonStringEncoder.getInstance().quoteAsString(script + "\n;0"));
        String answer = devTools.call("Runtime.evaluate", "{\"expression\":\"" + quoted + "\"}");
        if (answer.contains("exceptionDetails")) {
            throw new IllegalStateException(answer);
        }
    }

    void press(String key) {
        int code = key.equals("Tab") ? 9 : 13;
        for (String type : new String[] {"keyDown", "keyUp"}) {
            devTools.call(
                    "Input.dispatchKeyEvent",
                    "{\"type\":\"%s\",\"key\":\"%s\",\"code\":\"%s\",\"windowsVirtualKeyCode\":%d,\"text\":\"%s\"}"
                            .formatted(type, key, key, code, key.equals("Enter") ? "\\r" : ""));
        }
    }

    /** What the browser says of its person's languages. */
    void language(String acceptLanguage) {
        devTools.call("Network.enable", "{}");
        devTools.call(
                "Network.setExtraHTTPHeaders", "{\"headers\":{\"Accept-Language\":\"%s\"}}".formatted(acceptLanguage));
    }

    /** Waits until the expression's value is as expected, and returns it; or the last value, when time is up. */
    String awaitValue(String expression, Predicate<String> expected) {
        return DevTools.await(() -> evaluate(expression), expected);
    }

    /** Errors on the browser's console: scripts that failed, files that are missing, breaches of the security policy. */
    List<String> complaints() {
        return devTools.complaints();
    }

    void screenshot(Path file, boolean whole) throws IOException {
        String answer = devTools.call("Page.captureScreenshot", "{\"captureBeyondViewport\":%b}".formatted(whole));
        Files.write(file, Base64.getDecoder().decode(DevTools.value(answer, "data")));
    }

    @Override
    public void close() {
        devTools.close();
        forget.run();
    }
}

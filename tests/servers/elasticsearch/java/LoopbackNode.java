import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.elasticsearch.bootstrap.BootstrapCheck;
import org.elasticsearch.bootstrap.BootstrapContext;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.transport.BoundTransportAddress;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One Elasticsearch node in this JVM, from a home laid out like the official one (lib/, modules/, config/).
 *
 * <p>Arguments: the home, the process id of the owner, then setting=value for each setting. Ends on SIGTERM, and by itself
 * when the owner ends, however that ended: a test run that is killed leaves no server behind.
 */
public class LoopbackNode extends Node {
    private static final long SECONDS_TO_CLOSE = 20;

    private LoopbackNode(Environment environment, PluginsLoader plugins) {
        super(environment, plugins);
    }

    /** Checks of the machine (memory locks, file handles, not root) guard production; a test server needs none of them. */
    @Override
    protected void validateNodeBeforeAcceptingRequests(
            BootstrapContext context, BoundTransportAddress address, List<BootstrapCheck> checks) {}

    public static void main(String[] arguments) throws Exception {
        endWith(Long.parseLong(arguments[1]));
        LogConfigurator.configureESLogging(); // before anything else: reading the settings logs already
        LogConfigurator.registerErrorListener();
        Environment environment = environment(arguments);
        LogConfigurator.setNodeName(Node.NODE_NAME_SETTING.get(environment.settings()));
        LogConfigurator.configure(environment, true);
        LoopbackNode node = new LoopbackNode(environment, plugins(environment));
        Runtime.getRuntime().addShutdownHook(new Thread(node::stop, "stop"));
        node.start();
        Thread.currentThread().join();
    }

    /** Both ways to end, SIGTERM and the owner's end, go through the shutdown hook. */
    private static void endWith(long owner) {
        ProcessHandle.of(owner).ifPresentOrElse(
                process -> process.onExit().thenRun(() -> System.exit(0)), () -> System.exit(0));
    }

    private static Environment environment(String[] arguments) {
        Path home = Path.of(arguments[0]);
        Settings.Builder settings = Settings.builder().put("path.home", home.toString());
        for (String setting : List.of(arguments).subList(2, arguments.length)) {
            String[] pair = setting.split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        return InternalSettingsPreparer.prepareEnvironment(
                settings.build(), Map.of(), home.resolve("config"), () -> "node");
    }

    private static PluginsLoader plugins(Environment environment) {
        return PluginsLoader.createPluginsLoader(
                PluginsLoader.loadModulesBundles(environment.modulesDir(), true),
                PluginsLoader.loadPluginsBundles(environment.pluginsDir(), true),
                Map.of());
    }

    private void stop() {
        try {
            prepareForClose();
            close();
            awaitClose(SECONDS_TO_CLOSE, TimeUnit.SECONDS);
        } catch (Exception problem) {
            problem.printStackTrace();
        }
    }
}

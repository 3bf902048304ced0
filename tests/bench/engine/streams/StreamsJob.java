// The job on Kafka Streams: a processor with a cached in-memory store, as its documentation shows.

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** Takes the bench's spec as JSON and prints what was measured as JSON. */
public final class StreamsJob {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long POLL_MS = 10;
  private static final String STORE = "states";

  /** One event; see job.py. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public static final class Event {
    public String key;
    public long seq;
    public long at;
    public String kind;
    public long amount;
    public String text;
  }

  /** What is held for a key. */
  public static final class State {
    public long n;
    public long total;
    public long newest;
  }

  /** What follows from one event. */
  public static final class Output {
    public String key;
    public long seq;
    public long n;
    public long total;
  }

  private static <T> Serde<T> serde(Class<T> type) {
    ObjectReader reader = JSON.readerFor(type);
    ObjectWriter writer = JSON.writerFor(type);
    Serializer<T> serializer =
        (topic, value) -> {
          try {
            return value == null ? null : writer.writeValueAsBytes(value);
          } catch (IOException error) {
            throw new UncheckedIOException(error);
          }
        };
    Deserializer<T> deserializer =
        (topic, raw) -> {
          try {
            return raw == null ? null : reader.readValue(raw);
          } catch (IOException error) {
            throw new UncheckedIOException(error);
          }
        };
    return Serdes.serdeFrom(serializer, deserializer);
  }

  /** Time and CPU from the first record on. */
  private static final class Meter {
    private final OperatingSystemMXBean machine =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final AtomicLong begunAt = new AtomicLong();
    private volatile long cpuAtBegin;

    void begin() {
      if (begunAt.get() == 0) {
        long cpu = machine.getProcessCpuTime();
        if (begunAt.compareAndSet(0, System.nanoTime())) {
          cpuAtBegin = cpu;
        }
      }
    }

    String measured(long events) {
      double wall = (System.nanoTime() - begunAt.get()) / 1e9;
      double cpu = (machine.getProcessCpuTime() - cpuAtBegin) / 1e9;
      return String.format(
          java.util.Locale.ROOT,
          "{\"events\":%d,\"wall_s\":%.6f,\"cpu_s\":%.6f}",
          events, wall, cpu);
    }
  }

  private static final class Fold implements Processor<String, Event, String, Output> {
    private final Meter meter;
    private final AtomicLong seen;
    private final long events;
    private final CountDownLatch all;
    private ProcessorContext<String, Output> context;
    private KeyValueStore<String, State> store;

    Fold(Meter meter, AtomicLong seen, long events, CountDownLatch all) {
      this.meter = meter;
      this.seen = seen;
      this.events = events;
      this.all = all;
    }

    @Override
    public void init(ProcessorContext<String, Output> context) {
      this.context = context;
      this.store = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, Event> record) {
      meter.begin();
      Event event = record.value();
      State held = store.get(record.key());
      State state = held == null ? new State() : held;
      state.n += 1;
      state.total += event.amount;
      state.newest = Math.max(state.newest, event.at);
      store.put(record.key(), state);
      Output output = new Output();
      output.key = event.key;
      output.seq = event.seq;
      output.n = state.n;
      output.total = state.total;
      context.forward(record.withValue(output));
      if (seen.incrementAndGet() == events) {
        all.countDown();
      }
    }
  }

  private StreamsJob() {}

  public static void main(String[] arguments) throws Exception {
    JsonNode spec = JSON.readTree(arguments[0]);
    long events = spec.get("events").asLong();
    Meter meter = new Meter();
    CountDownLatch all = new CountDownLatch(1);
    AtomicLong seen = new AtomicLong();
    Topology topology = new Topology();
    topology.addSource(
        "source",
        Serdes.String().deserializer(),
        serde(Event.class).deserializer(),
        spec.get("source").asText());
    topology.addProcessor("fold", () -> new Fold(meter, seen, events, all), "source");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(STORE), Serdes.String(), serde(State.class))
            .withCachingEnabled(),
        "fold");
    topology.addSink(
        "output",
        spec.get("output").asText(),
        Serdes.String().serializer(),
        serde(Output.class).serializer(),
        "fold");
    KafkaStreams streams = new KafkaStreams(topology, settings(spec));
    streams.start();
    if (events == 0) {
      new CountDownLatch(1).await(); // until it is ended from outside
    }
    all.await();
    awaitCommitted(spec);
    System.out.println(meter.measured(events));
    System.out.flush();
    Runtime.getRuntime().halt(0); // everything is committed; leaving the group is not measured
  }

  private static Properties settings(JsonNode spec) {
    Properties found = new Properties();
    boolean exactlyOnce = spec.get("transactional").asBoolean();
    found.put(StreamsConfig.APPLICATION_ID_CONFIG, spec.get("group").asText());
    found.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, spec.get("bootstrap").asText());
    found.put(StreamsConfig.STATE_DIR_CONFIG, spec.get("folder").asText());
    found.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    found.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        exactlyOnce ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    // Streams' own default with exactly once; 30 s, the default of the other, would be one commit.
    found.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    found.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.getInteger("threads", 2));
    found.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    found.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) (spec.get("session_s").asDouble() * 1000));
    found.put(StreamsConfig.producerPrefix("acks"), "all");
    return found;
  }

  private static void awaitCommitted(JsonNode spec) throws Exception {
    Properties found = new Properties();
    found.put("bootstrap.servers", spec.get("bootstrap").asText());
    try (Admin admin = Admin.create(found)) {
      String source = spec.get("source").asText();
      Map<TopicPartition, OffsetSpec> asked = new java.util.HashMap<>();
      for (int partition = 0; partition < spec.get("partitions").asInt(); partition++) {
        asked.put(new TopicPartition(source, partition), OffsetSpec.latest());
      }
      Map<TopicPartition, ListOffsetsResultInfo> ends = admin.listOffsets(asked).all().get();
      while (true) {
        Map<TopicPartition, OffsetAndMetadata> done =
            admin
                .listConsumerGroupOffsets(spec.get("group").asText())
                .partitionsToOffsetAndMetadata()
                .get();
        boolean through =
            ends.entrySet().stream()
                .allMatch(
                    end -> {
                      OffsetAndMetadata at = done.get(end.getKey());
                      return at != null && at.offset() >= end.getValue().offset();
                    });
        if (through) {
          return;
        }
        Thread.sleep(POLL_MS);
      }
    }
  }
}

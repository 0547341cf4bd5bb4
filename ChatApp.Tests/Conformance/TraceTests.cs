using ChatApp.Tests.Runs;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>Every trace of every dialect, byte for byte.</summary>
public sealed class TraceTests(TraceApps apps) : IClassFixture<TraceApps>
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Conformance", "Traces");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string file in Directory.EnumerateFiles(Folder, "*.trace", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                all.Add(Path.GetFileName(Path.GetDirectoryName(file)!), Path.GetFileNameWithoutExtension(file));
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Exchange_OfATrace_IsTheSameToTheByte(string dialect, string name)
    {
        var trace = Trace.Read(Path.Combine(Folder, dialect, name + ".trace"));
        if (trace.App is { } settings)
        {
            await using var own = await TraceApps.StartAsync(settings);
            await PlayAsync(trace, dialect, own);
        }
        else
            await PlayAsync(trace, dialect, await apps.ForAsync(dialect));
    }

    private static async Task PlayAsync(Trace trace, string dialect, RunHarness runs)
    {
        var (caller, client) = await runs.App.CreateCallerAsync();
        using var own = client;
        using var other = (await runs.App.CreateCallerAsync()).Client;
        var values = new TraceValues
        {
            ["key"] = client.DefaultRequestHeaders.Authorization!.Parameter!, ["user"] = caller.Id.ToString(),
            ["other-key"] = other.DefaultRequestHeaders.Authorization!.Parameter!,
        };
        var setup = SetupOf(dialect);
        var scripts = new List<TraceScript>();
        foreach (object step in trace.Steps)
        {
            switch (step)
            {
                case Trace.Arrangement arrangement:
                    if (await CommonArrangements.TryArrangeAsync(arrangement.Name, runs))
                        break;
                    await (setup ?? throw new FormatException($"{dialect} has no ITraceSetup.")).ArrangeAsync(arrangement.Name, runs, caller, values);
                    break;
                case TraceScript script:
                    scripts.Add(script);
                    break;
                case Trace.Exchange exchange:
                    foreach (var model in scripts.GroupBy(s => s.Model))
                        runs.Provider.Script(model.Key, [.. model.Select(s => (Func<Infrastructure.ScriptedAnswer, Infrastructure.ScriptedAnswer>)s.Write)]);
                    using (var timeout = new CancellationTokenSource(Patience))
                        await new TraceClient(runs.App.Address, values).PlayAsync(exchange, trace.Delta, scripts, timeout.Token);
                    scripts.Clear();
                    break;
            }
        }
    }

    private static ITraceSetup? SetupOf(string dialect) => typeof(ITraceSetup).Assembly.GetTypes()
        .Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(ITraceSetup)))
        .Select(t => (ITraceSetup)Activator.CreateInstance(t)!)
        .SingleOrDefault(s => s.Dialect == dialect);
}

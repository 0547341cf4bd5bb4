using System.Collections.Concurrent;
using System.Globalization;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>One promise under test: gathers what breaks it, and tells it in one line, which <c>scripts/torture</c> prints.</summary>
internal sealed class Promise(string name)
{
    private static readonly Lock File = new();
    private readonly ConcurrentQueue<string> _breaches = new();

    /// <summary>Notes a breach unless <paramref name="holds"/>. Goes on, so that one run tells all of them.</summary>
    /// <returns>Whether it holds.</returns>
    public bool Check(bool holds, FormattableString breach)
    {
        if (!holds)
            _breaches.Enqueue(FormattableString.Invariant(breach));
        return holds;
    }

    /// <summary>Tells the figure, and fails the test if there was a breach.</summary>
    public void Settle(FormattableString figure)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {FormattableString.Invariant(figure)} (seed {TortureSize.Seed}) — {(_breaches.IsEmpty ? "ok" : "BROKEN")}");
        if (Environment.GetEnvironmentVariable("CHATAPP_TORTURE_REPORT") is { Length: > 0 } report)
        {
            lock (File)
                System.IO.File.AppendAllLines(report, [line]);
        }
        Assert.True(_breaches.IsEmpty, $"{line}\n{string.Join('\n', _breaches.Take(20))}");
    }
}

/// <summary>Alone on the machine: they keep it busy, and some of them measure it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TortureCollection
{
    public const string Name = "Torture";
}

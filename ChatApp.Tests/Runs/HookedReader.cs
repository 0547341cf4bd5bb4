using System.Runtime.CompilerServices;
using ChatApp.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Runs;

/// <summary>The application's reader, before and behind which something happens.</summary>
internal sealed class HookedReader : IRunReader
{
    private RunReader _inner = null!;

    public Func<Task>? AtStart { get; set; }

    public Func<Task>? AtEnd { get; set; }

    public void Install(WebApplicationBuilder builder) => builder.Services.AddSingleton<IRunReader>(s =>
    {
        _inner = ActivatorUtilities.CreateInstance<RunReader>(s);
        return this;
    });

    public async IAsyncEnumerable<RunEvent> ReadAsync(
        Guid runId, long afterSeq, TimeSpan? idleAfter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (AtStart != null)
            await AtStart();
        await foreach (var e in _inner.ReadAsync(runId, afterSeq, idleAfter, cancellationToken))
            yield return e;
        if (AtEnd != null)
            await AtEnd();
    }
}

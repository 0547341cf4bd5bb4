using ChatApp.Data;

namespace ChatApp.Conversations;

/// <summary>The clock of <see cref="SearchIndex"/>: what no search has asked for meanwhile is taken in by and by.</summary>
internal sealed class SearchIndexing(SearchIndex index, TimeProvider time, ILogger<SearchIndexing> logger)
    : PeriodicWork(TimeSpan.FromSeconds(2), time, logger)
{
    // Of ten milliseconds one is its own: answers go first.
    private const int RestsPerWork = 9;

    private readonly TimeProvider _time = time;

    protected override string Name => "Taking messages into the search index";

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        long began = _time.GetTimestamp();
        while (await index.IndexNextAsync(null, cancellationToken))
        {
            await Task.Delay(_time.GetElapsedTime(began) * RestsPerWork, _time, cancellationToken);
            began = _time.GetTimestamp();
        }
    }
}

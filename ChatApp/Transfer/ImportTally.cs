namespace ChatApp.Transfer;

/// <summary>Counts what became of the conversations of a file.</summary>
internal sealed class ImportTally(TransferLimits limits)
{
    // A report that nobody can read helps nobody; the numbers are of all.
    private const int MostListed = 1000;

    private readonly List<ImportedConversation> _listed = [];
    private readonly int[] _counts = new int[3];
    private int _listedRefused;

    public string Format { get; set; } = ForeignConversation.ChatApp;

    public bool HasAny => _counts.Any(c => c > 0);

    /// <summary>Whether there were as many as one file may have.</summary>
    public bool IsFull => _counts.Sum() >= limits.MaxConversations || _counts[(int)ImportOutcome.Refused] >= limits.MaxRefused;

    public void Add(ImportedConversation conversation)
    {
        _counts[(int)conversation.Outcome]++;
        // Those that were refused have a share of their own: they are what a person looks for.
        bool isRefused = conversation.Outcome == ImportOutcome.Refused;
        if ((isRefused ? _listedRefused : _listed.Count - _listedRefused) >= MostListed)
            return;
        _listed.Add(conversation);
        _listedRefused += isRefused ? 1 : 0;
    }

    public ImportReport ToReport(int prompts, string? problem) => new(
        Format, _counts[(int)ImportOutcome.Imported], _counts[(int)ImportOutcome.AlreadyHere], _counts[(int)ImportOutcome.Refused], prompts, problem, _listed);
}

namespace ChatApp.Transfer;

/// <summary>What of a conversation was left out, in sentences: those that a person may want to read, and the number of the others.</summary>
internal sealed class ImportNotes(IEnumerable<string> first)
{
    private const int MostListed = 20;

    private readonly List<string> _listed = [.. first];
    private int _others;

    public void Add(string note)
    {
        if (_listed.Count < MostListed)
            _listed.Add(note);
        else
            _others++;
    }

    public IReadOnlyList<string> ToList()
    {
        List<string> notes = [.. _listed];
        if (_others == 1)
            notes.Add("And one more thing was left out.");
        else if (_others > 1)
            notes.Add($"And {_others:N0} more things were left out.");
        return notes;
    }
}

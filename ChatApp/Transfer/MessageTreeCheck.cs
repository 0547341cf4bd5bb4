namespace ChatApp.Transfer;

/// <summary>Whether messages are a tree: each with an id of its own, each below one that is there, none below itself.</summary>
internal static class MessageTreeCheck
{
    /// <summary>What is wrong, in a sentence; null where nothing is.</summary>
    public static string? Find(IReadOnlyList<MessageDocument> messages)
    {
        var byId = new Dictionary<string, MessageDocument>();
        foreach (var message in messages)
        {
            if (message.Id.Length == 0 || !byId.TryAdd(message.Id, message))
                return "Two of its messages have the same id.";
        }
        if (messages.Any(m => m.Parent is { } parent && !byId.ContainsKey(parent)))
            return "A message follows one that is not there.";
        // What can't be reached from a root goes in a circle.
        var children = messages.Where(m => m.Parent is not null).ToLookup(m => m.Parent);
        var waiting = new Stack<string>(messages.Where(m => m.Parent is null).Select(m => m.Id));
        int reached = 0;
        while (waiting.TryPop(out string? id))
        {
            reached++;
            foreach (var child in children[id])
                waiting.Push(child.Id);
        }
        return reached == messages.Count ? null : "Its messages follow each other in a circle.";
    }
}

using Bunit;
using ChatApp.Components.Chat;
using ChatApp.Conversations;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class AttachmentListTests : ComponentTest
{
    [Fact]
    public void List_ShowsOwnImagesAndLoadsNothingFromElsewhere()
    {
        var id = Guid.NewGuid();
        var list = Render<AttachmentList>(p => p.Add(l => l.Attachments,
        [
            new AttachmentView(id, "\"><script>", "image/png", null), new AttachmentView(id, "notes.txt", "text/plain", null) { Size = 1536 },
            new AttachmentView(null, null, null, "https://example.com/secret.png"), new AttachmentView(null, null, null, null),
            new AttachmentView(id, "pasted.txt", "text/plain", null) { Size = 1_000_000 },
        ]));

        var image = Assert.Single(list.FindAll("img"));
        Assert.Equal(($"/api/files/{id}", "\"><script>"), (image.GetAttribute("src"), image.GetAttribute("alt")));
        Assert.Equal(["", "example.com"], list.FindAll("a:not([data-open-file])").Select(a => a.TextContent));
        var text = list.Find("a[data-open-file]");
        // As the composer's chips say it.
        Assert.Equal("977 KB", list.FindAll("a[data-open-file] small")[1].TextContent);
        Assert.Contains("\"download\":\"Download\"", list.Find("ul").GetAttribute("data-texts"), StringComparison.Ordinal);
        Assert.Equal(("notes.txt", "1.5 KB", "text/plain"), (text.QuerySelector(".chip-name")!.TextContent, text.QuerySelector("small")!.TextContent, text.GetAttribute("data-type")));
        Assert.Equal("noopener noreferrer nofollow", list.FindAll("a")[2].GetAttribute("rel"));
        Assert.Equal("A file that was deleted", list.FindAll("li")[3].TextContent.Trim());
    }
}

using ChatApp.Dialects.Problems;
using Xunit;

namespace ChatApp.Tests.Dialects;

public sealed class BadRequestsTests
{
    [Fact]
    public void Find_DamagedData_AreTheRequestsFaultOnlyWhereItBringsAForm()
    {
        var damaged = new InvalidDataException("of a stored zip");
        Assert.Equal(400, BadRequests.Find(damaged, isForm: true)?.Status);
        Assert.Null(BadRequests.Find(damaged, isForm: false));
    }
}
